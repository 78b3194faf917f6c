"""Questions from and for other programs: Moodle XML, GIFT, QTI 2.1 and QTI 3.0.

Pure functions on the fields of a question, as its file in the bank has them; `drafting` stores
what was read.
"""

from questions.interchange.converting import Format
from questions.interchange.gift import Gift
from questions.interchange.moodle import Moodle
from questions.interchange.qti import QTI2, QTI3

FORMATS: dict[str, Format] = {form.slug: form for form in (Moodle(), Gift(), QTI2, QTI3)}
