use std::time::Duration;

use async_trait::async_trait;
use diesel::prelude::*;
use tenon_cluster::{Instance, InstanceId};
use tenon_kernel::Unavailable;

use super::{Conn, Database, clock};
use crate::rows::InstanceRow;
use crate::schema::instances;
use crate::types::{At, Key};

/// See the port. The clock that counts is the database's.
pub struct Instances(pub Database);

#[async_trait]
impl tenon_cluster::Instances for Instances {
    async fn beat(&self, instance: &Instance, life: Duration) -> Result<(), Unavailable> {
        let instance = instance.clone();
        let work = move |conn: &mut Conn| {
            let row = InstanceRow::new(&instance, clock::now(conn)?.plus(life));
            diesel::insert_into(instances::table)
                .values(&row)
                .on_conflict(instances::id)
                .do_update()
                .set(&row)
                .execute(conn)?;
            Ok(())
        };
        self.0.write(work).await
    }

    async fn list(&self) -> Result<Vec<Instance>, Unavailable> {
        let read = |conn: &mut Conn| {
            let now = clock::now(conn)?;
            let rows: Vec<InstanceRow> = instances::table
                .filter(instances::gone_at.gt(At(now)))
                .order((instances::started_at, instances::id))
                .select(InstanceRow::as_select())
                .load(conn)?;
            rows.into_iter().map(InstanceRow::into_instance).collect()
        };
        self.0.read(read).await
    }

    async fn leave(&self, instance: InstanceId) -> Result<(), Unavailable> {
        let work = move |conn: &mut Conn| {
            diesel::delete(instances::table.find(Key(instance))).execute(conn)?;
            Ok(())
        };
        self.0.statement(work).await
    }
}
