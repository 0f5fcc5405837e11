"""Who manages which fields of an object: `metadata.managedFields`, and server-side apply, which lives by it.

Sources: https://kubernetes.io/docs/reference/using-api/server-side-apply/,
https://github.com/kubernetes-sigs/structured-merge-diff and k8s.io/apimachinery/pkg/util/managedfields.
"""
