"""Users, groups, API tokens and sessions: who may view and who may control."""
