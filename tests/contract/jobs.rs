mod backlog;
mod claiming;
mod enqueueing;
mod leases;
mod schedules;
