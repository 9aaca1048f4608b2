using DataProcessor.Silo.Hosting;

return await DataProcessorHost.RunAsync(args);
