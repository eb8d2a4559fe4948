/** The thread of the bootstrap, bundled beside the command: the library looks for it by this name. */
export * from '@blup/lmm/worker';
