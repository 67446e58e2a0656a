//! What is generated, against a real API server and the programs of its users.

mod chart;
mod kustomize;
mod permissions;
