export { factorPanel } from './factor';
export { setMap, updateTarget } from './update';
export { forward1, backward1, forward4, backward4 } from './solve';
export { invertPanel, addInverseUpdate, finishInverse } from './inverse';
export { updateFromLeaves } from './leaves';
