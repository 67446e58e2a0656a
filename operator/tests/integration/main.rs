//! Integration: the built operator against a real API server, without pods.
//!
//! The API server is that of `KUBECONFIG`; `e2e/test integration` starts one. Each test has a namespace of its own, to
//! which its operator is confined, so that the tests run side by side. No controller of Kubernetes is needed: where a
//! behaviour depends on one (garbage collection, the status of a StatefulSet), the test plays its part. Without
//! `KUBECONFIG` every test says that it was skipped; under `CI=true` that is a failure.

mod agents;
mod alertmanager_configs;
mod bindings;
mod caps;
mod children;
mod configuration;
mod connection;
mod dashboard;
mod distribution;
mod drift;
mod election;
mod examples;
mod faults;
mod hostile;
mod judgement;
mod kills;
mod lifecycle;
mod markers;
mod metrics;
mod oddities;
mod outages;
mod permissions;
mod process;
mod rbac;
mod references;
mod refresh;
mod rejections;
mod repair;
mod scrape_classes;
mod sharing;
mod siege;
mod status;
mod support;
mod takeover;
mod thanos_ruler;
mod users;
mod webhooks;
