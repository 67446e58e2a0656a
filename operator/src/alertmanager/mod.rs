//! The Alertmanager kind: what is rendered for it.
