// What comes to a client, for whoever asks for it: in order, and as soon as it is there.
'use strict';

const came = [];
const waiting = [];

function put(thing) {
  const next = waiting.shift();
  if (next) next(thing);
  else came.push(thing);
}

function next() {
  if (came.length > 0) return came.shift();
  return new Promise((resolve) => waiting.push(resolve));
}

function forget() {
  came.length = 0;
}

module.exports = { put, next, forget };
