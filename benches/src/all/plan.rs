/// One scenario with its arguments.
pub struct Step {
    /// What its results are called.
    pub name: &'static str,
    /// Arguments of this program.
    pub arguments: &'static str,
    /// The same with next to nothing to do.
    pub quick: &'static str,
    /// How long it may take, in seconds; some three times what it takes on two cores.
    pub limit: u64,
}

/// Everything, in half an hour on two cores.
pub const PLAN: [Step; 20] = [
    Step {
        name: "footprint",
        arguments: "footprint",
        quick: "footprint --starts 1 --seconds 0.3 --rest 0.5 --assets 200",
        limit: 240,
    },
    Step {
        name: "sqlite",
        arguments: "compare sqlite --seconds 3 --warm-up 0.5 --rounds 3",
        quick: "compare sqlite --seconds 0.3 --warm-up 0.1 --rounds 1 --assets 400 --connections 8",
        limit: 720,
    },
    Step {
        name: "postgres",
        arguments: "compare postgres --servers tenon,fastify,express --seconds 3 --warm-up 0.5 --rounds 3",
        quick: "compare postgres --servers tenon,fastify,express --seconds 0.3 --warm-up 0.1 --rounds 1 --assets 400 --connections 8",
        limit: 720,
    },
    Step {
        name: "postgres-equal",
        arguments: "compare postgres --servers tenon,fastify-equal,fastify-feed --operations update,create --seconds 3 \
            --warm-up 0.5 --rounds 3",
        quick: "compare postgres --servers tenon,fastify-equal,fastify-feed --operations update,create --seconds 0.3 \
            --warm-up 0.1 --rounds 1 --assets 400 --connections 8",
        limit: 360,
    },
    Step {
        name: "postgres-latency",
        arguments: "compare postgres --servers tenon,fastify --operations get,update,create --connections 8 --seconds 3 \
            --warm-up 0.5 --rounds 3",
        quick: "compare postgres --servers tenon,fastify --operations get,update,create --connections 8 --seconds 0.3 \
            --warm-up 0.1 --rounds 1 --assets 200",
        limit: 300,
    },
    Step {
        name: "sqlite-latency",
        arguments: "compare sqlite --servers tenon,pocketbase-equal --operations get --connections 8 --seconds 4 --rounds 3",
        quick: "compare sqlite --servers tenon --operations get --connections 8 --seconds 0.3 --rounds 1 --assets 200",
        limit: 180,
    },
    Step {
        name: "login",
        arguments: "login --pairs 100",
        quick: "login --pairs 2",
        limit: 120,
    },
    Step {
        name: "flood",
        arguments: "flood --seconds 6 --rounds 3",
        quick: "flood --seconds 0.5 --rounds 1 --assets 200",
        limit: 180,
    },
    Step {
        name: "fanout",
        arguments: "fanout --rates 100 --seconds 4 --rounds 3",
        quick: "fanout --sockets 10 --events 20 --rates 20 --seconds 0.5 --rounds 1",
        limit: 420,
    },
    Step {
        name: "fanout-10000",
        arguments: "fanout --servers tenon,socketio,ws --sockets 10000 --events 200 --rates 10 --seconds 5 --rounds 1",
        quick: "fanout --servers tenon,socketio,ws --sockets 20 --events 20 --rates 10 --seconds 0.5 --rounds 1",
        limit: 420,
    },
    Step {
        name: "instances",
        arguments: "instances --rounds 3",
        quick: "instances --sockets 10 --events 20 --seconds 0.5 --rounds 1",
        limit: 240,
    },
    Step {
        name: "idle",
        arguments: "idle --servers tenon,tenon-socketio,socketio",
        quick: "idle --servers tenon,tenon-socketio,socketio --sockets 20 --seconds 1",
        limit: 360,
    },
    Step {
        name: "slow-reader",
        arguments: "slow-reader --servers tenon,tenon-socketio --events 2000 --rounds 1",
        quick: "slow-reader --servers tenon --sockets 9 --events 3000 --seconds 0.5 --patience 1 --rounds 1",
        limit: 300,
    },
    Step {
        name: "polling",
        arguments: "polling --rates 25 --seconds 4 --rounds 1",
        quick: "polling --clients 5 --events 20 --rates 10 --seconds 0.5 --rounds 1",
        limit: 240,
    },
    Step {
        name: "messages-sqlite",
        arguments: "messages sqlite --rounds 2",
        quick: "messages sqlite --pairs 2 --messages 20 --seconds 0.5 --history 0,1000 --rounds 1",
        limit: 300,
    },
    Step {
        name: "messages-postgres",
        arguments: "messages postgres --messages 60 --rounds 2",
        quick: "messages postgres --pairs 2 --messages 20 --seconds 0.5 --history 0,1000 --rounds 1",
        limit: 420,
    },
    Step {
        name: "webhook-sqlite",
        arguments: "webhook sqlite --seconds 2",
        quick: "webhook sqlite --seconds 0.3 --items 20",
        limit: 240,
    },
    Step {
        name: "webhook-postgres",
        arguments: "webhook postgres --seconds 3",
        quick: "webhook postgres --seconds 0.3 --items 20",
        limit: 240,
    },
    Step {
        name: "scale",
        arguments: "scale sqlite --rounds 3",
        quick: "scale sqlite --assets 400,2000 --seconds 0.2 --rounds 1",
        limit: 420,
    },
    Step {
        name: "rooms",
        arguments: "rooms",
        quick: "rooms --rooms 1000,2000 --events 50 --listeners 2",
        limit: 240,
    },
];
