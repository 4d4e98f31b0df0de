//! The statements, compiled once for each engine: a crate that takes this folder in brings a module `engine` with the names that
//! differ, the migrations, and for the tests a module `place`.

pub(crate) mod agreements;
pub(crate) mod amendments;
pub(crate) mod columns;
pub(crate) mod department;
pub(crate) mod emergency;
pub(crate) mod fault;
pub(crate) mod identity_links;
pub(crate) mod moving;
pub(crate) mod notifications;
pub(crate) mod opening;
pub(crate) mod passkeys;
pub(crate) mod people;
pub(crate) mod registers;
pub(crate) mod rejected;
pub(crate) mod rotation;
pub(crate) mod seal;
pub(crate) mod seeds;
pub(crate) mod staff;
pub(crate) mod store;
pub(crate) mod tokens;
pub(crate) mod trail;

#[cfg(test)]
mod plain_text_tests;
#[cfg(test)]
mod queries_tests;
#[cfg(test)]
pub(crate) mod testing;
