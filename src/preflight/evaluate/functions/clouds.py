"""What environment() answers in each cloud.

Source: ARM template functions, "environment", for the public cloud; the sovereign clouds from
the endpoints that their Resource Manager publishes (`/metadata/endpoints`), of which only the
members that are certain stand here: the others are unknown.
"""

from __future__ import annotations

from collections.abc import Mapping

from preflight.model.value import JsonValue

_ALIASES = (
    "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/"
    "quickstart-templates/aliases.json"
)

_PUBLIC: Mapping[str, JsonValue] = {
    "name": "AzureCloud",
    "gallery": "https://gallery.azure.com/",
    "graph": "https://graph.windows.net/",
    "portal": "https://portal.azure.com",
    "graphAudience": "https://graph.windows.net/",
    "activeDirectoryDataLake": "https://datalake.azure.net/",
    "batch": "https://batch.core.windows.net/",
    "media": "https://rest.media.azure.net",
    "sqlManagement": "https://management.core.windows.net:8443/",
    "vmImageAliasDoc": _ALIASES,
    "resourceManager": "https://management.azure.com/",
    "authentication": {
        "loginEndpoint": "https://login.microsoftonline.com/",
        "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
        "tenant": "common",
        "identityProvider": "AAD",
    },
    "suffixes": {
        "acrLoginServer": ".azurecr.io",
        "azureDatalakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
        "azureDatalakeStoreFileSystem": "azuredatalakestore.net",
        "azureFrontDoorEndpointSuffix": "azurefd.net",
        "keyvaultDns": ".vault.azure.net",
        "sqlServerHostname": ".database.windows.net",
        "storage": "core.windows.net",
    },
}

_US_GOVERNMENT: Mapping[str, JsonValue] = {
    "name": "AzureUSGovernment",
    "portal": "https://portal.azure.us",
    "resourceManager": "https://management.usgovcloudapi.net/",
    "authentication": {
        "loginEndpoint": "https://login.microsoftonline.us/",
        "audiences": [
            "https://management.core.usgovcloudapi.net/",
            "https://management.usgovcloudapi.net/",
        ],
        "tenant": "common",
        "identityProvider": "AAD",
    },
    "suffixes": {
        "acrLoginServer": ".azurecr.us",
        "keyvaultDns": ".vault.usgovcloudapi.net",
        "sqlServerHostname": ".database.usgovcloudapi.net",
        "storage": "core.usgovcloudapi.net",
    },
}

_CHINA: Mapping[str, JsonValue] = {
    "name": "AzureChinaCloud",
    "portal": "https://portal.azure.cn",
    "resourceManager": "https://management.chinacloudapi.cn/",
    "authentication": {
        "loginEndpoint": "https://login.chinacloudapi.cn/",
        "audiences": [
            "https://management.core.chinacloudapi.cn/",
            "https://management.chinacloudapi.cn/",
        ],
        "tenant": "common",
        "identityProvider": "AAD",
    },
    "suffixes": {
        "acrLoginServer": ".azurecr.cn",
        "keyvaultDns": ".vault.azure.cn",
        "sqlServerHostname": ".database.chinacloudapi.cn",
        "storage": "core.chinacloudapi.cn",
    },
}

MEMBERS: Mapping[str, JsonValue] = _PUBLIC
"""The shape that environment() has everywhere."""

CLOUDS: Mapping[str, Mapping[str, JsonValue]] = {
    "azurecloud": _PUBLIC,
    "azureusgovernment": _US_GOVERNMENT,
    "azurechinacloud": _CHINA,
}
"""What is known of each cloud, by folded name."""
