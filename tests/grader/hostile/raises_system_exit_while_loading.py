# ends: exception
# says: SystemExit
raise SystemExit(0)
