-- Documents as they come, and titles in the order of their bytes, as Tenon stores them.
alter table assets alter column tags type json, alter column attributes type json, alter column title type text collate "C";

-- What Tenon keeps besides, for its other orders, its filter and its search.
create index if not exists assets_owner_updated on assets (owner_id, updated_at, id);
create index if not exists assets_owner_title on assets (owner_id, title, id);
create index if not exists assets_owner_category on assets (owner_id, category, id);
create index if not exists assets_words on assets using gin (to_tsvector('simple', title || ' ' || description));
