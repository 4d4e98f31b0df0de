mod clients;
mod documents;
mod flags;
mod hooks;
mod matches;
mod refusals;
mod tokens;
mod world;
