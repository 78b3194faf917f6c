"""A candidate's own inputs: read as they are typed, as data only, and made into a call.

As plain data for JSON, where NaN and infinity are the words "nan", "inf" and "-inf":

    {"arguments": [{"dtype": "float64", "shape": [3], "values": [1.0, "nan", 2.0]}, ...],
     "parameters": {"delta": 0.5}}
"""

from grader.inputs.case import case_of
from grader.inputs.fields import Field, UnreadableInputs, fields, inputs_from
from grader.inputs.typed import LONGEST

__all__ = ["LONGEST", "Field", "UnreadableInputs", "case_of", "fields", "inputs_from"]
