//! What is generated, against a real API server and the programs of its users.

mod chart;
mod documentation;
mod kustomize;
mod permissions;
