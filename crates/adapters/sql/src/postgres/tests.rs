mod connections;
mod explain;
mod migrations;
mod plans;
mod queueing;
