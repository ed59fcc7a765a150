import type { EstateDirectory } from './estate-directory.js';

/**
 * The newest view of estates, devices and people. Replaced as a whole after an import or a change of a device, so
 * that a reader always sees one consistent view.
 */
export class DirectoryHolder {
  private listeners: ((directory: EstateDirectory) => void)[] = [];

  constructor(private directory: EstateDirectory) {}

  get current(): EstateDirectory {
    return this.directory;
  }

  replace(directory: EstateDirectory): void {
    this.directory = directory;
    for (const l of this.listeners) l(directory);
  }

  onReplaced(listener: (directory: EstateDirectory) => void): void {
    this.listeners.push(listener);
  }
}
