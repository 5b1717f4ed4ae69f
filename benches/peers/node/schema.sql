-- Times are milliseconds, as JavaScript's Date holds them, so that a cursor made of one loses nothing.
create table if not exists users (
    id uuid primary key default gen_random_uuid(),
    email text not null unique,
    password text not null,
    display_name text not null
);

create table if not exists assets (
    id uuid primary key default gen_random_uuid(),
    owner_id uuid not null references users (id) on delete cascade,
    title text not null,
    description text not null,
    category text not null,
    status text not null check (status in ('draft', 'active', 'archived')),
    tags jsonb not null,
    attributes jsonb not null,
    version integer not null default 1,
    created_at timestamptz(3) not null default clock_timestamp(),
    updated_at timestamptz(3) not null default clock_timestamp()
);

create index if not exists assets_owner_created on assets (owner_id, created_at desc, id desc);
