"""Objects as text: tables, YAML, JSON, JSONPath, templates, descriptions."""
