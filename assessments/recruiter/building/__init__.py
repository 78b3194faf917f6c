"""Making assessments: the list, the editor of a draft, its versions, and previews."""
