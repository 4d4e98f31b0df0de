//! The connectors against sources whose schema this project does not control, and against servers that misbehave.
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod checks;
mod demonstration;
mod documented;
mod fhir_lies;
mod fhir_medplum;
mod fhir_tls;
mod fhir_waits;
mod files;
mod hospital;
mod hospital_clients;
mod hospital_connections;
mod hospital_documented;
mod hospital_messages;
mod hospital_tls;
mod mapping_errors;
mod notify;
mod odd_server;
mod sql_cases;
mod sql_gnuhealth;
mod sql_limits;
mod support;
