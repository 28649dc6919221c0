suppressMessages({library(lavaan);library(jsonlite)}); D<-read.csv("c.csv"); T<-fromJSON("c.json",simplifyVector=FALSE)
for(i in seq_along(T)){t<-T[[i]]; a<-list(t$text,D); if(!is.null(t$group))a$group<-t$group; if(!is.null(t$estimator))a$estimator<-t$estimator
 f<-try(suppressWarnings(do.call("sem",a)),silent=TRUE)
 if(inherits(f,"try-error")||!lavInspect(f,"converged")){cat(i,NA,NA,NA,"
");next}
 fm<-fitMeasures(f,c("chisq","df")); p<-parTable(f); cat(i,fm,paste(unique(p$label[p$label!=""]),round(p$est[match(unique(p$label[p$label!=""]),p$label)],4),sep="="),"
")}