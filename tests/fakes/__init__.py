"""A local Azure: ARM, Entra, Graph, OIDC issuers and managed identity, fed by one snapshot.

`tests.fakes.azure.FakeAzure` is the way in. It speaks HTTPS to real clients and knows nothing of
how the product decides: what it enforces of Azure RBAC is written here a second time.
"""
