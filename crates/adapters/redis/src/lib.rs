//! tenon-redis
