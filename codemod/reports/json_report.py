"""The report for programs: JSON as ``schema.json`` describes it."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

from codemod.findings import Applicability, CatalogueUsed, FileStatus, Finding, Outcome
from codemod.reports import relative
from codemod.reports.masking import Mask

SCHEMA_VERSION = 1

# JSON allows these as they are; a terminal that shows the report does not.
_UNSAFE_TO_SHOW = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def json_report(outcome: Outcome, working_folder: Path, mask: Mask) -> bytes:
    """The report in UTF-8. The same outcome gives the same bytes."""
    statuses = Counter(file.status for file in outcome.files)
    sure = Counter(finding.applicability for finding in outcome.findings)
    findings = sorted(outcome.findings, key=lambda finding: (finding.path, finding.place, finding.rule))
    report = {
        "schema_version": SCHEMA_VERSION,
        "summary": {
            "files": {
                "scanned": outcome.scanned,
                "candidates": len(outcome.files),
                "changed": statuses[FileStatus.CHANGED],
                "failed": statuses[FileStatus.FAILED],
            },
            "findings": {applicability.value: sure[applicability] for applicability in Applicability},
            "requests": {
                "migrated": outcome.requests.migrated,
                "reported": outcome.requests.reported,
                "left": outcome.requests.left,
            },
        },
        "catalogue": _catalogue(outcome.catalogue, working_folder),
        "files": [
            {"path": relative(file.path, working_folder), "status": file.status.value, "reason": file.reason}
            for file in sorted(outcome.files, key=lambda file: file.path)
        ],
        "findings": [_finding(finding, outcome.written, working_folder) for finding in findings],
    }
    text = json.dumps(_masked(report, mask), ensure_ascii=False, indent=2)
    return _UNSAFE_TO_SHOW.sub(lambda match: f"\\u{ord(match.group()):04x}", text).encode() + b"\n"


def _catalogue(used: CatalogueUsed | None, working_folder: Path) -> dict[str, object] | None:
    if used is None:
        return None
    path = None if used.path is None else relative(used.path, working_folder)
    return {"origin": used.origin, "path": path, "as_of": used.as_of, "age_days": used.age}


def _finding(finding: Finding, written: bool, working_folder: Path) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "path": relative(finding.path, working_folder),
        "cell": None,
        "line": finding.place.line,
        "column": finding.place.column,
        "end_line": finding.place.end_line,
        "end_column": finding.place.end_column,
        "applicability": finding.applicability.value,
        "applied": finding.applied and written,
        "group": finding.group,
        "message": finding.message,
        "remedy": finding.remedy,
        "before": finding.before,
        "after": finding.after,
        "trace": [
            {
                "path": relative(step.path, working_folder),
                "line": step.line,
                "what": f"also: {step.what}" if step.aside else step.what,
            }
            for step in finding.trace
        ],
    }


def _masked(value: object, mask: Mask) -> object:
    if isinstance(value, str):
        return mask(value).encode("utf-8", "backslashreplace").decode()
    if isinstance(value, list):
        return [_masked(item, mask) for item in value]
    if isinstance(value, dict):
        return {key: _masked(item, mask) for key, item in value.items()}
    return value
