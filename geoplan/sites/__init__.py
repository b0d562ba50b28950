"""SITE CHECK: a project boundary in, a verdict that can be trusted out. Fail closed everywhere."""
