//! The operator and the reloader in a cluster, as `deploy/install` leaves it. What counts is what the real Prometheus and
//! Alertmanager say. One program for all topics, so that tests of different topics run side by side.

mod alertmanager;
mod credentials;
mod drift;
mod monitors;
mod operator;
mod overflow;
mod reloader_alone;
mod replicas;
mod rules;
mod trouble;
