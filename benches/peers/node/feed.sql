-- What Tenon keeps of every change: an activity of the feed, and an entry of the outbox for as long as the activity is not told.
create table if not exists activities (
    owner_id uuid not null,
    id bigint generated always as identity,
    about json not null,
    verb text not null check (verb in ('created', 'updated', 'deleted')),
    primary key (owner_id, id)
);

create table if not exists outbox (
    id bigint not null primary key,
    owner_id uuid not null,
    about json not null,
    verb text not null check (verb in ('created', 'updated', 'deleted'))
);
