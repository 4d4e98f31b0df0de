//! What the readers promise, resource by resource.

use jiff::{civil::date, tz::TimeZone};
use serde_json::Value;

use super::*;

mod care;
mod identity;
mod pages;

fn reading() -> Reading {
    Reading::uk_core(TimeZone::get("Europe/London").unwrap(), date(2026, 11, 1))
}

fn resource(value: &Value) -> Resource {
    Resource::parse(value.to_string().as_bytes(), Limits::default()).unwrap()
}
