"""Who uses the product: organisations, their members, and the tokens of their systems."""

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property

AnyUser = AbstractBaseUser | AnonymousUser


def member_of(user: AnyUser) -> "Member | None":
    """Return what `user` is in the organisation that they work in now."""
    return user.member if isinstance(user, User) else None


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Of several organisations of a person only the one that they work in is ever there."""

    def visible_to(self, user: AnyUser) -> Self:
        """The organisation that `user` is at work in."""
        return self._where_role_is_in(Member.Role, user)

    def managed_by(self, user: AnyUser) -> Self:
        """The same where `user` may make assessments and invite candidates there."""
        return self._where_role_is_in(Member.INVITES, user)

    def run_by(self, user: AnyUser) -> Self:
        """The same where `user` owns it."""
        return self._where_role_is_in(Member.RUNS, user)

    def _where_role_is_in(self, roles: Iterable[str], user: AnyUser) -> Self:
        member = member_of(user)
        if member is None or member.role not in roles:
            return self.none()
        return self.filter(pk=member.organisation_id)


class Organisation(models.Model):
    name = models.CharField(max_length=200)
    slug = models.SlugField(unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Where candidates may write to; e-mails to them are answered there.
    contact_email = models.EmailField(blank=True)
    # For how long candidates' names and answers are kept once an attempt is over.
    retention_days = models.PositiveSmallIntegerField(
        default=365, validators=[MinValueValidator(30), MaxValueValidator(1826)]
    )

    # What candidates are told of their data and rights, beside what every page says.
    notice = models.TextField(blank=True, help_text="Markdown.")
    # Whether reviewers see candidates without their names.
    hides_names = models.BooleanField(default=True)
    # Whether members must sign in with a second factor or a passkey.
    needs_second_factor = models.BooleanField(default=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in; the e-mail address is the login name."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    # The key of the organisation that a session chose to work in; without one it is the first.
    works_in: int | None = None
    # Whether that session may go to no other one.
    stays: bool = False

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.email

    @cached_property
    def member(self) -> "Member | None":
        """What this person is where they work now: nobody works in two organisations at a time."""
        found = self.in_organisations
        chosen = [each for each in found if each.organisation_id == self.works_in]
        return next(iter([*chosen, *found]), None)

    @cached_property
    def in_organisations(self) -> tuple["Member", ...]:
        """Where this person may work, by name; asked once a request."""
        found = self.memberships.select_related("organisation")
        if self.stays:
            found = found.filter(organisation=self.works_in)
        return tuple(found.order_by("organisation__name", "organisation"))

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name or self.email


class OwnedQuerySet(models.QuerySet[Any]):
    """Rows that belong to an organisation; the only way that a page or the API reaches them.

    What comes of a member's own preview of an assessment is in none of these.
    """

    # The ways to `Invitation.preview`, of rows that a preview makes too.
    PREVIEW: tuple[str, ...] = ()

    def without_previews(self) -> Self:
        """All but what comes of a preview, which counts nowhere."""
        found = self
        for way in self.PREVIEW:
            found = found.exclude(**{way: True})
        return found

    def visible_to(self, user: AnyUser) -> Self:
        """Rows of the organisation that `user` works in, who may see candidates there."""
        return self._where_role_is_in(Member.SEES_CANDIDATES, user)

    def managed_by(self, user: AnyUser) -> Self:
        """Rows of the organisation that `user` works in, who may invite candidates there."""
        return self._where_role_is_in(Member.INVITES, user)

    def run_by(self, user: AnyUser) -> Self:
        """Rows of the organisation that `user` works in, and owns."""
        return self._where_role_is_in(Member.RUNS, user)

    def _where_role_is_in(self, roles: Iterable[str], user: AnyUser) -> Self:
        member = member_of(user)
        if member is None or member.role not in roles:
            return self.none()
        return self.without_previews().filter(organisation=member.organisation_id)

    def of(self, organisation: Organisation) -> Self:
        """Rows of `organisation`: what a token of it may reach."""
        return self.without_previews().filter(organisation=organisation)


class Member(models.Model):
    class Role(models.TextChoices):
        OWNER = "owner"
        RECRUITER = "recruiter"
        REVIEWER = "reviewer"
        AUTHOR = "author"

    # Authors write questions; what candidates did is not theirs to see.
    SEES_CANDIDATES = (Role.OWNER, Role.RECRUITER, Role.REVIEWER)
    INVITES = (Role.OWNER, Role.RECRUITER)
    WRITES = (Role.OWNER, Role.AUTHOR)
    # Reviewers score; owners and recruiters may as well.
    REVIEWS = (Role.OWNER, Role.RECRUITER, Role.REVIEWER)
    RUNS = (Role.OWNER,)

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="members")
    role = models.CharField(max_length=20, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)
    # Whether this member chose to see candidates without their names.
    hides_names = models.BooleanField(default=False)
    # When this member last signed in here, or came over from another organisation.
    came_at = models.DateTimeField(null=True, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation"], name="member_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role} of {self.organisation})"


class ApiToken(models.Model):
    """A token of an organisation's system. The secret is shown once; only its hash is kept."""

    class Scope(models.TextChoices):
        READ = "read", "read results"
        INVITE = "invite", "invite candidates, and set what is made easier for them"
        AUTHOR = "author", "read questions with their official answers"
        GRADE = "grade", "grade code"
        ADMIN = "admin", "read members, run webhooks, review, decide, and erase candidates"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = OwnedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} (mnm_{self.prefix}…)"

    @property
    def is_usable(self) -> bool:
        expired = self.expires_at is not None and self.expires_at <= timezone.now()
        return self.revoked_at is None and not expired
