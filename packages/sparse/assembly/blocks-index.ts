export { invertRoot, addLeafGrams } from './blocks';
