//! Breaking things for a while.

use std::fs;
use std::time::Duration;

use futures_util::future::join_all;
use tenon_tests::disk::{limit, log_of};
use tenon_tests::fault_proxy::Trouble;
use tokio::task::block_in_place;
use tokio::time::sleep;
use xtask::servers::{Postgres, Redis};

use super::ground::{Ground, Instance};
use super::injection::Injection;
use super::kind::Kind;
use super::schedule::Fault;
use super::signals::{Paused, children};

/// By how much clocks of instances on one database may differ: the leeway of tokens is 5 s.
const APART: i64 = 4;

/// How far ahead the clock of a single instance may go: tokens end after a quarter of an hour.
const AHEAD: i64 = 240;

const FILE_WRITES: &str = "pwrite64";
const SYNCS: &str = "fsync,fdatasync";

impl Ground {
    /// Breaks what the fault says for as long as it says, and puts it right. False when it did not happen, because this machine does not let
    /// it or the clock is there already.
    pub async fn suffer(&self, fault: &Fault) -> bool {
        match fault.kind {
            Kind::WritesFail => self.inject(fault, FILE_WRITES, "error=ENOSPC").await,
            Kind::SyncsFail => self.syncs_fail(fault).await,
            Kind::DiskSlow => {
                let delay = format!("delay_enter={}", 1_000 * fault.strength);
                self.inject(fault, SYNCS, &delay).await
            }
            Kind::ClockAhead => self.clock_jumps(fault, 1),
            Kind::ClockBack => self.clock_jumps(fault, -1),
            _ => {
                self.suffer_otherwise(fault).await;
                true
            }
        }
    }

    /// What every machine lets happen.
    async fn suffer_otherwise(&self, fault: &Fault) {
        let instance = &self.instances[fault.at];
        match fault.kind {
            Kind::InstanceKilled => self.instance_down(instance, fault.time, true).await,
            Kind::InstancesKilled => {
                let all = self.instances.iter();
                join_all(all.map(|instance| self.instance_down(instance, fault.time, true))).await;
            }
            Kind::InstanceStopped => self.instance_down(instance, fault.time, false).await,
            Kind::InstancePaused => pause(instance.app.lock().await.pid(), fault.time).await,
            Kind::PostgresKilled => self.postgres_down(Postgres::kill, fault.time).await,
            Kind::PostgresRestarted => self.postgres_down(Postgres::stop, fault.time).await,
            Kind::PostgresPaused => pause(self.postgres_pid(), fault.time).await,
            Kind::RedisKilled => self.redis_down(Redis::kill, fault.time).await,
            Kind::RedisRestarted => self.redis_down(Redis::stop, fault.time).await,
            Kind::RedisPaused => {
                let redis = self.scene.app.redis().unwrap().lock().pid().unwrap();
                pause(redis, fault.time).await;
            }
            Kind::RedisFlushed => self.flush_redis().await,
            Kind::ConnectionsCut => instance.proxy.cut(),
            Kind::ConnectionsTorn | Kind::LineSlow | Kind::LineBlocked => trouble(instance, fault).await,
            Kind::DiskFull => disk_full(instance, fault.time).await,
            Kind::WritesFail | Kind::SyncsFail | Kind::DiskSlow | Kind::ClockAhead | Kind::ClockBack => {
                unreachable!("{fault}")
            }
        }
    }

    async fn instance_down(&self, instance: &Instance, time: Duration, killed: bool) {
        let mut app = instance.app.lock().await;
        if killed {
            app.kill().await;
        } else {
            assert_eq!(app.stop().await, Some(0), "{}", app.log());
        }
        sleep(time).await;
        app.start_again().await;
        instance.proxy.lead_to(app.address());
    }

    async fn postgres_down(&self, down: fn(&mut Postgres) -> std::io::Result<()>, time: Duration) {
        let postgres = self.postgres.as_ref().unwrap();
        block_in_place(|| down(&mut postgres.lock())).unwrap();
        sleep(time).await;
        block_in_place(|| postgres.lock().restart()).unwrap();
    }

    async fn redis_down(&self, down: fn(&mut Redis) -> std::io::Result<()>, time: Duration) {
        let redis = self.scene.app.redis().unwrap();
        block_in_place(|| down(&mut redis.lock())).unwrap();
        sleep(time).await;
        block_in_place(|| redis.lock().restart()).unwrap();
    }

    async fn flush_redis(&self) {
        let url = self.scene.app.redis().unwrap().lock().url();
        let client = redis::Client::open(url).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let () = redis::cmd("FLUSHALL").query_async(&mut connection).await.unwrap();
    }

    fn postgres_pid(&self) -> u32 {
        self.postgres.as_ref().unwrap().lock().pid().unwrap()
    }

    /// Of the processes that write to the disk.
    async fn inject(&self, fault: &Fault, calls: &str, effect: &str) -> bool {
        let processes = if self.stand.has_postgres() {
            let postmaster = self.postgres_pid();
            [vec![postmaster], children(postmaster)].concat()
        } else {
            vec![self.instances[fault.at].app.lock().await.pid()]
        };
        let injection = Injection::into(&processes, calls, effect).await;
        sleep(fault.time).await;
        injection.is_some()
    }

    /// Postgres gives up when it cannot sync, and recovers from its log. It is killed while it is at that.
    async fn syncs_fail(&self, fault: &Fault) -> bool {
        let happened = self.inject(fault, SYNCS, "error=EIO").await;
        if let Some(postgres) = &self.postgres {
            let mut postgres = postgres.lock();
            block_in_place(|| postgres.kill().and_then(|()| postgres.restart())).unwrap();
        }
        happened
    }

    /// By a second at least.
    fn clock_jumps(&self, fault: &Fault, direction: i64) -> bool {
        let seconds = 1 + i64::from(fault.strength) * (self.furthest() - 1) / 100;
        self.instances[fault.at]
            .clock
            .jump(direction * seconds, self.furthest())
    }

    fn furthest(&self) -> i64 {
        if self.stand.instances() == 1 { AHEAD } else { APART }
    }
}

async fn pause(process: u32, time: Duration) {
    let paused = Paused::with_children(process);
    sleep(time).await;
    drop(paused);
}

async fn trouble(instance: &Instance, fault: &Fault) {
    instance.proxy.trouble(match fault.kind {
        Kind::LineSlow => Trouble::Slow(Duration::from_millis(fault.strength.into())),
        Kind::LineBlocked => Trouble::Blocked,
        _ => Trouble::Cutting {
            within: 200 * fault.strength as usize,
            seed: fault.strength.into(),
        },
    });
    sleep(fault.time).await;
    instance.proxy.trouble(Trouble::None);
}

async fn disk_full(instance: &Instance, time: Duration) {
    let app = instance.app.lock().await;
    let written = fs::metadata(log_of(&app)).map_or(0, |log| log.len());
    limit(&app, Some(written));
    sleep(time).await;
    limit(&app, None);
}
