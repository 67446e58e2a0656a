//! The operator and the reloader in a cluster, as `deploy/install` leaves it. What counts is what the real Prometheus and
//! Alertmanager say. One program for all topics, so that tests of different topics run side by side.

mod alertmanager;
mod alertmanager_cluster;
mod conditions;
mod configuration_status;
mod credentials;
mod dashboard;
mod drift;
mod explain;
mod monitors;
mod namespaces;
mod operator;
mod overflow;
mod own_operator;
mod prometheus;
mod reloader_alone;
mod remote_write;
mod replicas;
mod rules;
mod scaling;
mod scopes;
mod shards;
mod storage;
mod takeover;
mod thanos;
mod trouble;
mod versions;
mod web_tls;
mod web_users;
