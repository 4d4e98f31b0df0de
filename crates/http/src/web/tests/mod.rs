//! The web application over two nodes in memory.

mod browser;
mod pages;
mod refusals;
pub(crate) mod world;

use super::Services;
