/** The folder of the files of the console. It is CommonJS, because only there both builds know where they are. */
exports.folder = __dirname;
