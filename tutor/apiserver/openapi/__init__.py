"""The API described for machines: OpenAPI v3 a group, and v2 in one document, as JSON or as protobuf.

Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition
"""
