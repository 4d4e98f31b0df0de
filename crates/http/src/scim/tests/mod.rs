mod clients;
mod leavers;
mod refusals;
mod world;
