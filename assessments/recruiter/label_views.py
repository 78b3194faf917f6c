"""The labels of an organisation: owners and recruiters make, rename and delete them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from assessments import actions
from assessments.models import Label, Member
from assessments.recruiter.admission import admitted


@require_http_methods(["GET", "HEAD", "POST"])
def label_list(request: HttpRequest) -> HttpResponse:
    """Show the labels, and make one."""
    member = admitted(request, Member.INVITES)
    error = ""
    if request.method == "POST":
        try:
            label = actions.make_label(
                member.organisation, request.POST.get("name", ""), by=member.user
            )
        except ValidationError as refused:
            error = " ".join(refused.messages)
        else:
            messages.success(request, f"There is a label “{label.name}” now.")
            return redirect("recruiter:label_list")
    labels = Label.objects.managed_by(request.user).annotate(number=Count("attempts"))
    context = {"labels": labels.order_by("name"), "error": error,
               "name": request.POST.get("name", "")}  # fmt: skip
    return render(request, "recruiter/labels.html", context, status=422 if error else 200)


@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    member = admitted(request, Member.INVITES)
    label = get_object_or_404(Label.objects.managed_by(request.user), pk=pk)
    try:
        actions.rename_label(label, request.POST.get("name", ""), by=member.user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, f"The label is called “{label.name}” now.")
    return redirect("recruiter:label_list")


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    member = admitted(request, Member.INVITES)
    label = get_object_or_404(Label.objects.managed_by(request.user), pk=pk)
    actions.delete_label(label, by=member.user)
    messages.success(request, f"The label “{label.name}” is deleted.")
    return redirect("recruiter:label_list")
