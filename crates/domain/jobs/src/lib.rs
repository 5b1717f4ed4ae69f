//! Work that is done later: queues, leases, retries, and what is done at set times.
