using DataProcessor.Silo.Hosting;

await DataProcessorHost.Create(args).RunAsync();
