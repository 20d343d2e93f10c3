// What fflate is used for, in a file of its own: it makes its tables as it is loaded, so that only an import loads it.

export { Inflate } from 'fflate';
