/** The folder of the files of the console. */
export declare const folder: string;
