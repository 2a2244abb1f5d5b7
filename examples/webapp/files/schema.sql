create table if not exists visits (at text not null, path text not null);
