mod connections;
mod exchange;
mod explain;
mod migrations;
mod plans;
mod queueing;
