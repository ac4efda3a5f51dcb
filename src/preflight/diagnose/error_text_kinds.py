"""Which cause a code or a phrase states, and what a text without an Azure error looks like.

Source: Azure Resource Manager "Troubleshoot common Azure deployment errors", the services' own
error references, and messages that people pasted in public.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from preflight.model.explanation import DenialKind

_BY_KIND: Mapping[DenialKind, str] = {
    DenialKind.AUTHORIZATION_FAILED: "AuthorizationFailed LackOfPermissions "
    "AuthorizationFailedForTemplate RoleAssignmentWriteDenied ResourceMissingPermissionError "
    "CustomPrivateDNSZoneMissingPermissionError",
    DenialKind.LINKED: "LinkedAuthorizationFailed LinkedAccessCheckFailed",
    DenialKind.DENY_ASSIGNMENT: "DenyAssignmentAuthorizationFailed",
    DenialKind.SCOPE_LOCKED: "ScopeLocked",
    DenialKind.POLICY_DENIED: "RequestDisallowedByPolicy",
    DenialKind.PROVIDER_NOT_REGISTERED: "MissingSubscriptionRegistration "
    "MissingRegistrationForType SubscriptionNotRegistered",
    DenialKind.WRONG_TENANT: "InvalidAuthenticationTokenTenant",
    DenialKind.AUTHENTICATION: "InvalidAuthenticationToken ExpiredAuthenticationToken "
    "AuthenticationFailed InvalidAuthenticationInfo AuthenticationFailedMissingToken "
    "InvalidAuthenticationTokenAudience MissingAuthenticationToken",
    DenialKind.NOT_FOUND: "SubscriptionNotFound ResourceGroupNotFound PrincipalNotFound "
    "RoleDefinitionDoesNotExist InvalidSubscriptionId",
    DenialKind.CONFLICT: "RoleAssignmentExists RoleAssignmentUpdateNotPermitted",
    DenialKind.GRAPH: "Authorization_RequestDenied",
    DenialKind.DATA_PLANE: "AuthorizationPermissionMismatch AuthorizationFailure "
    "AuthorizationSourceIPMismatch AuthorizationProtocolMismatch ForbiddenByRbac AccessDenied "
    "ForbiddenByPolicy ForbiddenByConnection ForbiddenByFirewall UNAUTHORIZED "
    "PermissionDenied InsufficientAccountPermissions",
    DenialKind.OTHER: "LinkedInvalidPropertyId InvalidTemplate InvalidActionOrNotAction "
    "RoleAssignmentLimitExceeded ReadOnlyDisabledSubscription PreflightValidationCheckFailed "
    "QuotaExceeded SkuNotAvailable OperationNotAllowed ResourceNotFound InvalidResourceReference",
}
CODE_KINDS: Mapping[str, DenialKind] = {
    code: kind for kind, codes in _BY_KIND.items() for code in codes.split()
}
"""Code → the cause that it states when no sentence says more."""
WRAPPERS = frozenset(
    {
        "DeploymentFailed", "BadRequest", "Conflict", "Forbidden", "Unauthorized",
        "InvalidTemplateDeployment", "ResourceDeploymentFailure", "DeploymentOperationFailed",
        "ValidationError", "Failed", "NotFound", "MultipleErrorsOccurred", "InvalidResource",
        "InternalServerError",
    }
)  # fmt: skip
"""Codes that only wrap the failure itself."""
_OWN_WRAPPERS = frozenset(
    {
        "InvalidTemplateDeployment", "DeploymentFailed", "ResourceDeploymentFailure",
        "DeploymentOperationFailed",
    }
)  # fmt: skip
_GENERIC = frozenset(
    {
        "AccessDenied", "UNAUTHORIZED", "PermissionDenied", "Forbidden", "Unauthorized",
        "Conflict", "BadRequest", "Failed", "NotFound", "ValidationError",
    }
)  # fmt: skip
"""Codes that other clouds and programs use too."""

_PHRASES: tuple[tuple[DenialKind, str, str], ...] = (
    (DenialKind.WRONG_TENANT, "issuer", r"(?:is )?from the wrong issuer"),
    (
        DenialKind.WRONG_TENANT,
        "linked subscription",
        r"current tenant .{1,120} is not authorized to access linked subscription",
    ),
    (
        DenialKind.WRONG_TENANT,
        "sts.windows.net",
        (
            r"['\"`]https://sts\.windows\.net/[^'\"`\s]{1,80}['\"`][^'\"`]{1,200}"
            r"['\"`]https://sts\.windows\.net/[^'\"`\s]{1,80}['\"`]"
        ),
    ),
    (DenialKind.NOT_FOUND, "linked", r"linked subscription .{1,120} was not found"),
    (
        DenialKind.NOT_FOUND,
        "not be found",
        r"(?:subscription|resource group) .{0,120} could not be found",
    ),
    (DenialKind.NOT_FOUND, "directory", r"does not exist in the directory"),
    (DenialKind.NOT_FOUND, "exist", r"role definition .{0,200} does(?: not|n't) exist"),
    (
        DenialKind.DENY_ASSIGNMENT,
        "deny",
        (
            r"access is denied because of (?:the |an? )?deny assignment"
            r"|blocked by deny assignments? on the"
        ),
    ),
    (
        DenialKind.CONDITION_NOT_MET,
        "condition",
        r"ABAC condition that is not fulfilled|does not satisfy role assignment condition",
    ),
    (DenialKind.SCOPE_LOCKED, "locked", r"operation because following scope\(s\) are locked"),
    (
        DenialKind.POLICY_DENIED,
        "disallowed",
        r"was disallowed by policy|disallowed by one or more policies",
    ),
    (DenialKind.PROVIDER_NOT_REGISTERED, "registered", r"is not registered to use namespace"),
    (DenialKind.GRAPH, "insufficient", r"Insufficient privileges to complete the operation"),
    (DenialKind.CONFLICT, "exists", r"role assignment already exists"),
    (
        DenialKind.CONFLICT,
        "not allowed",
        r"Tenant ID, application ID, principal ID, and scope are not allowed to be updated",
    ),
    (DenialKind.AUTHENTICATION, "aadsts", r"\bAADSTS[0-9]{4,9}\b"),
    (
        DenialKind.AUTHENTICATION,
        "access token",
        (
            r"access token expiry UTC time|access token (?:has expired|is invalid)"
            r"|received access token is not valid"
        ),
    ),
    (
        DenialKind.AUTHENTICATION,
        "authenticat",
        (
            r"Server failed to authenticate the request"
            r"|Authentication failed\. The 'Authorization' header"
        ),
    ),
    (DenialKind.DATA_PLANE, "authorized", r"request is not authorized to perform this operation"),
    (
        DenialKind.DATA_PLANE,
        "authorized",
        r"Caller is not authorized to perform action on resource|Client address is not authorized",
    ),
    (
        DenialKind.DATA_PLANE,
        "key vault",
        r"does not have [a-z]{1,20} [a-z]{1,20} permission on key vault",
    ),
    (DenialKind.DATA_PLANE, "the caller", r"The policy requires the caller"),
    (DenialKind.DATA_PLANE, "requested access", r"requested access to the resource is denied"),
    (DenialKind.DATA_PLANE, "data action", r"lacks? the required data action"),
    (
        DenialKind.DATA_PLANE,
        "public network",
        r"Public network access is disabled and request is not from a trusted service",
    ),
    (
        DenialKind.DATA_PLANE,
        "rbac",
        r"does not have required RBAC permissions to perform action",
    ),
    (DenialKind.DATA_PLANE, "aad token", r"cannot be authorized by AAD token in data plane"),
    (DenialKind.DATA_PLANE, "api/operation", r"Principal does not have access to API/Operation"),
    (DenialKind.DATA_PLANE, "claim(s)", r"claim\(s\) are required to perform this operation"),
    (DenialKind.DATA_PLANE, "in azure", r"does not have access to the resource in Azure"),
    (DenialKind.DATA_PLANE, "unauthorized:", r"unauthorized: authentication required"),
    (
        DenialKind.AUTHORIZATION_FAILED,
        "authorization",
        (
            r"does not have authorization to perform action"
            r"|Authorization failed for template resource"
        ),
    ),
)
"""Cause, a word that every text with the phrase holds (in lower case), the phrase."""
_COMPILED = tuple(
    (kind, word, re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE))
    for kind, word, pattern in _PHRASES
)
_AZURE = re.compile(
    r"management\.azure\.|azurerm|/subscriptions/|aka\.ms/|\.azure\.(?:net|com|cn|us)"
    r"|windows\.net|azurewebsites|azurecr\.io|x-ms-|\bMicrosoft\.[A-Z]|\baz(?:d)? [a-z]+ "
    r"|\b[A-Z][a-z]+-Az[A-Z]|\bazure|\bcorrelation[ _-]?id\b"
    r"|terminal provisioning state|\bprovisioningState\b|\beventCategory\b",
    re.IGNORECASE,
)
_BARE = "Operation returned an invalid status code 'Forbidden'"
_BARE_REFUSAL = re.compile(rf"(?:\b[A-Z][a-z]+-Az\w+|\bazureml\.)\b.{{0,400}}?{_BARE}", re.DOTALL)
_LOOKALIKES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("AWS", re.compile(r"\barn:aws|\baws_\w|UnauthorizedOperation|is not authorized to perform: ")),
    (
        "Kubernetes RBAC",
        re.compile(r"cannot \w+ resource \"|is forbidden: User |\bsystem:serviceaccount:"),
    ),
    ("Azure DevOps", re.compile(r"\b(?:TF|VS)[0-9]{5,7}\b|\bdev\.azure\.com/.{1,200}permission")),
    (
        "Google Cloud",
        re.compile(r"googleapi: |\bPERMISSION_DENIED\b|\.iam\.gserviceaccount\.com|\bgcloud\b"),
    ),
    ("GitHub", re.compile(r"Resource not accessible by integration|\bgh: .{1,80}\(HTTP 40[13]\)")),
)


def first_phrase(text: str) -> DenialKind | None:
    """Return the cause that the first telling sentence states; None where there is none.

    Of phrases at one place the first of the table counts.
    """
    flat = text.lower().replace("\n", " ")
    found = [
        (match.start(), kind)
        for kind, word, pattern in _COMPILED
        if word in flat and (match := pattern.search(text))
    ]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def is_azure(text: str, codes: Iterable[str]) -> bool:
    """Whether a code that only we would call one comes from Azure: its name, or words around."""
    return any(is_own(code) for code in codes) or _AZURE.search(text) is not None


def is_own(code: str) -> bool:
    """Whether a word is a code that nobody but Azure uses."""
    return (code in CODE_KINDS or code in _OWN_WRAPPERS) and code not in _GENERIC


def is_bare_refusal(text: str) -> bool:
    """Whether a cmdlet says that Azure refused it, and nothing more."""
    return _BARE in text and _BARE_REFUSAL.search(text) is not None


def looks_like(text: str) -> str:
    """Return whose error a text holds that is none of Azure's; empty where nobody knows."""
    return next((name for name, pattern in _LOOKALIKES if pattern.search(text)), "")
