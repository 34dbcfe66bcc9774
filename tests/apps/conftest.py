"""The applications are text for the tool, not tests of it: some of them are named test_*.py."""

collect_ignore_glob = ["*"]
