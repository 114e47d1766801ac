#!/usr/bin/env node
// A file of its own, so that npm can link the command before the build has made `dist`.
import '../dist/main.js';
