// Signals: what the device offers now, read where it can be.

export { Device, type DeviceSetup, type PageReport } from './device.ts';
export { every, type Realm } from './sensor.ts';
export { triggeredBy } from './triggers.ts';
export { PAGE_SENSORS, type PageSignal, readableSignals } from './sensors.ts';
