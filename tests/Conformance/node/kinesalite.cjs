require('./loopback.cjs').listenOnLoopback(() => true);
require('kinesalite')({ createStreamMs: 20, deleteStreamMs: 20, updateStreamMs: 20, shardLimit: 500 }).listen(0);
