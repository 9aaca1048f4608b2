// Makes the server that is loaded next listen on a free port of 127.0.0.1, whatever it asks for, and say which.
const net = require('node:net');

exports.listenOnLoopback = (isAnnounced) => {
  const listen = net.Server.prototype.listen;
  net.Server.prototype.listen = function (options) {
    const wanted = typeof options === 'object' ? options.port : options;
    this.once('listening', () => {
      if (isAnnounced(wanted)) {
        process.stdout.write(JSON.stringify({ port: this.address().port }) + '\n');
      }
    });
    const onListening = [...arguments].find((argument) => typeof argument === 'function');
    return listen.call(this, { port: 0, host: '127.0.0.1' }, onListening);
  };
  // What the server prints is for its reader; our reader wants JSON lines only.
  console.log = console.info = console.error;
  process.stdin.on('end', () => process.exit()).resume();
};
