"""scikit-learn estimators for what patients write.

`PatientTextFeatures` turns texts into a sparse matrix; `CutClassifier` (classes, or any set of
labels) and `OrdinalClassifier` (grades in an order) are linear heads over any matrix. They stand in
a ``Pipeline``, a ``ColumnTransformer`` or a search, and give the same numbers for the same input.
scikit-learn is needed for this package only (``pip install community[learn]``).
"""

from community.estimators.features import FAMILIES, PatientTextFeatures
from community.estimators.heads import CutClassifier
from community.estimators.inputs import InputError
from community.estimators.ordinal import OrdinalClassifier

__all__ = ["FAMILIES", "CutClassifier", "InputError", "OrdinalClassifier", "PatientTextFeatures"]
